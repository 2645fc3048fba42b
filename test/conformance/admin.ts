// The superuser that both sides start with: admin@example.com, or `admin` where LOGIN_FIELD is username.

/** `admin-pass-1234`, as Django's PBKDF2 hasher writes it, with few rounds for speed. */
const password = 'pbkdf2_sha256$1000$conformance$gWD23GAMM4H4luEeF1gpjpNgQbW2I9lOJBDdmWovkKc='

export const insertAdmin = `INSERT INTO users
  (uuid, email, email_key, username, password, status, is_staff, is_superuser, date_joined)
  VALUES ('9cc6e9b8-68db-4320-ae31-28cc8a709a60', 'admin@example.com', 'admin@example.com', 'admin', '${password}', 'active', 1, 1, 0)`
