export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  css: ['~/assets/style.css'],
  telemetry: false,
  app: { head: { title: 'Gatehouse with Nuxt', htmlAttrs: { lang: 'en' } } },
  // Only the server has these. Set them by NUXT_GATEHOUSE_URL and NUXT_TRUSTED_SERVER_SECRET.
  runtimeConfig: { gatehouseUrl: 'http://localhost:8787', trustedServerSecret: '' },
})
