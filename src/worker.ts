// The Worker that this repository deploys.

// The bundle begins with the modules of our sentences, so that gzip finds each near its translation: 1.4 KB less.
// The modules of the app follow in the order of app.ts: 0.3 KB less.
import './i18n/translations.ts'
import './mail/templates.ts'
import './pages/forms.tsx'
import './pages/invalid-link.tsx'
import './app.ts'

import migrations from '../migrations/meta/_journal.json' with { type: 'json' }
import { gatehouse } from './gatehouse.ts'
import { standardUserModel } from './user-model.ts'

export { Gatehouse } from './rpc.ts'

export default gatehouse({ userModel: standardUserModel, migrations })
