// Settings of REST framework and of Django itself.

import { languageFor } from '../i18n/translations.ts'
import type { Reader } from './env.ts'

export const restFrameworkSettings = (read: Reader) => ({
  /**
   * The largest body in bytes; a larger one is 413. Django has 2.5 MB, and D1's longest value is 2 MB. 64 KiB as shipped.
   * @django same
   */
  maxBodySize: read.integer('DATA_UPLOAD_MAX_MEMORY_SIZE', 1024 * 1024, 1024, 2 * 1000 * 1000),
  /** The most fields of a form; more are 400, as JSON. @django same */
  maxFormFields: read.integer('DATA_UPLOAD_MAX_NUMBER_FIELDS', 1000, 1, 10_000),
  /**
   * How a list of users is cut into pages. `next` and `previous` are made from `PUBLIC_URL`, and a `limit` is at most 1,000.
   * @django same
   */
  defaultPaginationClass: read.choice(
    'DEFAULT_PAGINATION_CLASS',
    ['None', 'PageNumberPagination', 'LimitOffsetPagination'],
    'None',
  ),
  /** Users on a page. 0: lists are whole, unless a request has `limit`. @django same */
  pageSize: read.integer('PAGE_SIZE', 0, 0, 1000),
  /**
   * Whether staff may search the list of users by addresses and names, and order it by the fields that it shows.
   * @django same
   */
  defaultFilterBackends: read.names('DEFAULT_FILTER_BACKENDS', ['SearchFilter', 'OrderingFilter']),
  /** The query parameter that searches. @django same */
  searchParam: read.text('SEARCH_PARAM', 'search'),
  /** The query parameter that orders. @django same */
  orderingParam: read.text('ORDERING_PARAM', 'ordering'),
  /** The key of errors that belong to no field. @django same */
  nonFieldErrorsKey: read.text('NON_FIELD_ERRORS_KEY', 'non_field_errors'),
})

export function languageSettings(read: Reader) {
  /**
   * Whether `Accept-Language` chooses the language of an answer: English, Spanish or one of your own. It includes `LocaleMiddleware`.
   * @django same
   */
  const useI18n = read.boolean('USE_I18N', false)
  /** The language of mail, and of requests that ask for no known one. It may have a region (`es-mx`). @django same */
  const languageCode = read.text('LANGUAGE_CODE', 'en-us')
  return {
    useI18n,
    languageCode,
    /** The language of mail, and of requests that ask for no known one. */
    language: (useI18n && languageFor(languageCode)) || 'en',
  }
}
