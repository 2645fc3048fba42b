// Shows the OpenAPI document of this deployment by Scalar. Requests that a reader tries go to the origin of the page. After a
// login, the next requests carry its token. The token is kept in memory, until the page is left.

const base = new URL('..', location.href).href.replace(/\/$/, '')
const target = document.querySelector('#reference')
const hint = 'On this page, *Test Request* sends a request. After a login, the next requests carry its token.'

const answer = await fetch(`${base}/openapi.json`)
if (answer.ok) show(await answer.json())
else explain(await answer.json().catch(() => ({})))

function show(openapi) {
  const description = `${openapi.info.description}\n- ${hint}`
  const content = { ...openapi, info: { ...openapi.info, description } }
  document.title = `${content.info.title}: API reference`
  target.replaceChildren()
  const configuration = {
    content,
    servers: [{ url: base }],
    onResponseReceived: ({ response }) => void useTokenOf(response),
    // The page works without another host.
    telemetry: false,
    withDefaultFonts: false,
    proxyUrl: '',
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: 'never',
    // A token in the storage of the browser would outlive the page.
    persistAuth: false,
    documentDownloadType: 'json',
    defaultRequestBodyView: 'form',
    modelsSectionLabel: 'Schemas',
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
    featuredClients: ['shell/curl', 'js/fetch', 'python/requests', 'php/guzzle', 'ruby/native'],
  }
  const reference = window.Scalar.createApiReference(target, configuration)
  new MutationObserver(completeRoles).observe(document.body, { childList: true, subtree: true })

  async function useTokenOf(response) {
    if (!response.ok || !/json/.test(response.headers.get('content-type'))) return
    const credential = credentialIn(await response.clone().json(), content)
    if (credential === undefined) return
    const authentication = {
      preferredSecurityScheme: credential.scheme,
      securitySchemes: { [credential.scheme]: credential.values },
    }
    reference.updateConfiguration({ ...configuration, authentication })
  }
}

/** Scalar's fields with suggestions lack the state that their role requires, and some of its buttons have no role (ARIA 1.2). */
function completeRoles() {
  for (const field of document.querySelectorAll('[role=combobox]:not([aria-expanded])')) {
    field.setAttribute('aria-expanded', 'false')
  }
  for (const button of document.querySelectorAll('button[role=none]')) button.removeAttribute('role')
}

/** The credential of an answer to a login: the scheme that it is for, and its value. */
function credentialIn({ access, auth_token: key, token }, { components }) {
  const secret = access ?? key ?? token
  if (typeof secret !== 'string') return undefined
  const schemes = components.securitySchemes
  const isJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret)
  const names = isJwt ? [...(token ? ['JWT'] : []), ...Object.keys(schemes)] : ['Token']
  const scheme = names.find((name) => name in schemes)
  if (scheme === undefined) return undefined
  const isBearer = schemes[scheme].type === 'http'
  return { scheme, values: isBearer ? { token: secret } : { value: `${scheme} ${secret}` } }
}

function explain({ detail = 'The OpenAPI document could not be loaded.' }) {
  const message = document.createElement('p')
  message.className = 'message'
  message.textContent = detail
  target.replaceChildren(message)
}
