CREATE TABLE `security_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`kind` text NOT NULL,
	`detail` text,
	`session_id` text,
	`actor_id` integer,
	`count` integer DEFAULT 1 NOT NULL,
	`hour` integer,
	`created_at` integer NOT NULL,
	`user_agent` text,
	`ip` text,
	`country` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `security_events_user_id` ON `security_events` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `security_events_created_at` ON `security_events` (`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `security_events_run` ON `security_events` (`user_id`,`hour`) WHERE "security_events"."hour" is not null;--> statement-breakpoint
ALTER TABLE `sessions` ADD `used_at` integer;