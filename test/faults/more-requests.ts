// Requests that reach other users: the staff's lists, a name of another user, a shared address, and an impersonation token.

import { emailChange, linkRequest, type MakeRequest, registration } from './requests.ts'
import { byName, drfJwtPackage } from './settings.ts'
import type { Endpoint, Setup } from './setup.ts'

const byRoot = ({ root }: Setup) => ({ token: root.access })

const idOfAda = ({ ada }: Setup) => ({ user: String(ada.id) })
const toAddressOfRoot: MakeRequest = async (setup) => {
  const { json, token } = await emailChange(setup)
  return { json: { ...(json as object), new_email: setup.root.email }, ...(token && { token }) }
}

/** Two users have the address, as they may if users log in by username. */
const linkToSharedAddress: MakeRequest = async (setup) => {
  const { ada, root, api } = setup
  await api.patch('/auth/users/me/', { email: ada.email }, { token: root.access })
  return linkRequest(setup)
}

const registrationOfAda: MakeRequest = async (setup) => {
  const { json } = await registration(setup)
  return { json: { ...(json as object), email: setup.ada.email } }
}

const impersonating: MakeRequest = async ({ api, root, ada }) => {
  const { token } = (await api.post('/api-token-auth/', root.login)).body
  const as = { headers: { authorization: `Bearer ${token}` } }
  const { body } = await api.post('/auth/impersonate/', { user: ada.id }, as)
  return { headers: { authorization: `Bearer ${body.token}` } }
}

const search = {
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 2,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
}

export const moreRequests: Endpoint[] = [
  { route: 'GET /auth/users/', variant: 'by staff', request: byRoot },
  {
    route: 'GET /auth/users/',
    variant: 'a search by staff',
    request: ({ root }) => ({ query: { search: 'a' }, token: root.access }),
    vars: search,
  },
  {
    route: 'GET /auth/sessions/',
    variant: 'of another user',
    request: (setup) => ({ query: idOfAda(setup), token: setup.root.access }),
  },
  {
    route: 'DELETE /auth/sessions/',
    variant: 'of another user',
    request: (setup) => ({ query: idOfAda(setup), token: setup.root.access }),
  },
  {
    route: 'GET /auth/users/me/',
    variant: 'by an impersonation token',
    request: impersonating,
    vars: drfJwtPackage,
  },
  {
    route: 'POST /auth/users/reset_password/',
    variant: 'to a shared address',
    request: linkToSharedAddress,
    vars: byName,
  },
  {
    route: 'POST /auth/users/',
    variant: 'with a taken address',
    request: registrationOfAda,
    errorStatus: 400,
  },
  {
    route: 'POST /auth/users/set_email/',
    variant: 'to a taken address',
    request: toAddressOfRoot,
    errorStatus: 400,
  },
]
