// For drizzle-kit's own commands, such as `npx drizzle-kit generate` after a rename. `npm run makemigrations` reads it too.

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/schema.ts',
  out: './migrations',
})
