// A Worker that asks Gatehouse to verify the token of each request. It rejects a revoked session at once.

import type { GatehouseService } from 'gatehouse-auth/service'

interface Env {
  GATEHOUSE: GatehouseService
}

export default {
  async fetch(request, { GATEHOUSE }) {
    const [scheme, token = ''] = request.headers.get('authorization')?.split(' ') ?? []
    const caller = await GATEHOUSE.verify(scheme === 'Bearer' ? token : '')
    if (!caller.valid) {
      const { code, detail } = caller
      return Response.json({ code, detail }, { status: 401 })
    }
    const user = await GATEHOUSE.user(Number(caller.user_id))
    return Response.json({ user, orders: [] })
  },
} satisfies ExportedHandler<Env>
