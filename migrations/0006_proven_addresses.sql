DROP INDEX `security_events_run`;--> statement-breakpoint
CREATE UNIQUE INDEX `security_events_hourly` ON `security_events` (`user_id`,`kind`,`hour`) WHERE "security_events"."hour" is not null;--> statement-breakpoint
ALTER TABLE `mail_outbox` ADD `request` text;--> statement-breakpoint
ALTER TABLE `users` ADD `email_verified_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `link_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `disabled_from` text;--> statement-breakpoint
ALTER TABLE `users` ADD `pending_until` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `rehashed` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `users_pending_until` ON `users` (`pending_until`) WHERE "users"."pending_until" is not null;