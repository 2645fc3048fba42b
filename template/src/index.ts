// The Worker: Gatehouse with your user model, hooks and routes.

import { gatehouse } from 'gatehouse-auth'
import migrations from '../migrations/meta/_journal.json' with { type: 'json' }
import { hooks } from './hooks.ts'
import { routes } from './routes.ts'
import { userModel } from './user-model.ts'

// Other Workers of your account call it by a service binding.
export { Gatehouse } from 'gatehouse-auth'

export default gatehouse({ userModel, migrations, hooks, routes })
