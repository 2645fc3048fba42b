// What user-model.ts says of a field, beside its column.

export interface FieldOptions {
  /** As Django's verbose_name: what sentences and forms call it. */
  label: string
  /**
   * Who may write it by a request. `true`: its owner and staff; REQUIRED_FIELDS says whether sign-up asks for it.
   * `staff`: staff alone, at another user's `/auth/users/{id}/`; superusers at their own too. `false`: no request.
   */
  writable: boolean | 'staff'
  /** Of a text, in characters. */
  maxLength?: number
  /** What a text must look like, and what is said of one that does not. */
  pattern?: [looks: RegExp, sentence: string]
  /**
   * Whether null is refused although the column may hold it: a reference that a migration adds cannot be
   * NOT NULL in SQLite.
   */
  neverNull?: boolean
  /** Of a number: the least and the most. */
  range?: [least: number, most: number]
  /**
   * Left out, it is shown and taken where REQUIRED_FIELDS names it. `always`: behind those. `never`: it is
   * taken, and no answer shows it.
   */
  visibility?: 'always' | 'never'
  /** Shown behind this one, wherever that is shown. */
  after?: string
}
