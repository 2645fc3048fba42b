// src/index.ts
import migrations from '../../migrations/meta/_journal.json' with { type: 'json' }
import { type App, gatehouse } from '../../src/index.ts'
import { hooks } from './hooks.ts'
import { languages } from './languages.ts'
import { devices, invitations } from './tables.ts'
import { templates } from './templates.ts'
import { userModel } from './user-model.ts'

interface Mine extends App {
  Bindings: App['Bindings'] & { MY_KV: KVNamespace }
}

export default gatehouse<Mine>({
  userModel,
  migrations,
  hooks,
  languages,
  templates,
  personalData: [invitations, [devices, 'push_token']],
  handlers: {
    async scheduled(controller, env) {
      await env.MY_KV.put('last cron', String(controller.scheduledTime))
    },
    async queue(batch, env) {
      for (const { id, timestamp } of batch.messages) await env.MY_KV.put(id, timestamp.toJSON())
    },
  },
})
