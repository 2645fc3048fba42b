import type { DataOf, OperationAt, paths } from 'gatehouse-auth/client'

export type User = DataOf<OperationAt<paths, '/auth/users/me/', 'get'>>

declare module 'h3' {
  interface H3EventContext {
    user?: User
  }
}
