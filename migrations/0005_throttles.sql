CREATE TABLE `throttles` (
	`key` text PRIMARY KEY NOT NULL,
	`user_id` integer,
	`count` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`request` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `throttles_user_id` ON `throttles` (`user_id`);--> statement-breakpoint
CREATE INDEX `throttles_ends_at` ON `throttles` (`ends_at`);--> statement-breakpoint
CREATE INDEX `mail_outbox_recipient` ON `mail_outbox` ("recipient" collate nocase,`created_at`);