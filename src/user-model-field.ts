// The options of a field in user-model.ts, beside its column. They have the names of REST framework's arguments.

export interface FieldOptions {
  /** The field's name in error messages and forms: Django's verbose_name. */
  label: string
  /**
   * Without it, the owner and staff write the field, and REQUIRED_FIELDS decides whether sign-up requires it.
   * `except-staff`: only staff write it, at another user's `/auth/users/{id}/`; superusers also at their own.
   * `true`: no request writes it.
   */
  readOnly?: boolean | 'except-staff'
  /** The maximum length of a text, in characters. */
  maxLength?: number
  /** The pattern that a text must match, and the error for a text that does not. */
  pattern?: [pattern: RegExp, error: string]
  /**
   * `false` rejects null although the column may hold it: SQLite allows no NOT NULL on a reference that a
   * migration adds.
   */
  allowNull?: boolean
  /** The smallest and the largest number. */
  min?: number
  max?: number
  /**
   * Without it, REQUIRED_FIELDS decides whether requests accept the field and responses show it. `always`: requests accept
   * it and responses show it, after the fields of REQUIRED_FIELDS. `never`: requests accept it, and no response shows it.
   */
  visibility?: 'always' | 'never'
  /** The field that this one follows in responses. Wherever that field is shown, this one is shown too. */
  after?: string
}
