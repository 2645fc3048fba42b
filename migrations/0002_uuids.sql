-- A random UUID (RFC 9562, version 4) for users of an earlier version. D1 stops a statement after 30 seconds, so the cron does
-- the rest.
UPDATE users SET uuid = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
  || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
WHERE id IN (SELECT id FROM users WHERE uuid IS NULL LIMIT 100000);
