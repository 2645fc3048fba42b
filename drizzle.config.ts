import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/{schema,accounts/profile}.ts',
  out: './migrations',
})
