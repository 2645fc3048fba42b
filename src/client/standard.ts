export interface paths {
  '/auth/jwt/create/': {
    get?: never
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never }
      requestBody: { content: { 'application/json': { email: string; password: string } } }
      responses: {
        200: {
          headers: { [name: string]: unknown }
          content: { 'application/json': { access: string; refresh: string } }
        }
        401: {
          headers: { [name: string]: unknown }
          content: { 'application/json': { detail: string } }
        }
      }
    }
  }
  '/auth/users/': {
    get: {
      parameters: {
        query?: { search?: string; page?: number }
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': User[] } }
      }
    }
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never }
      requestBody: {
        content: {
          'application/json': {
            email: string
            password: string
            first_name: string
            last_name: string
          }
        }
      }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': User } }
      }
    }
  }
  '/auth/users/me/': {
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': User } }
      }
    }
  }
  '/auth/users/{id}/': {
    get: {
      parameters: { query?: never; header?: never; path: { id: number }; cookie?: never }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': User } }
      }
    }
  }
  '/auth/users/set_password/': {
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never }
      requestBody: {
        content: { 'application/json': { current_password: string; new_password: string } }
      }
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } }
    }
  }
}

interface User {
  id: number
  email: string
  first_name: string
  last_name: string
}
