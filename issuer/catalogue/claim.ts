import { jsonObject, type JsonObject } from '@fujie/shared/core/encoding/json.ts'

interface ClaimOptions {
  readonly mandatory?: boolean
  /** Whether it may be hidden: always (its own digest), or never (in clear). */
  readonly sd?: 'always' | 'never'
  readonly group?: string
  readonly mask?: string
  readonly codelist?: string
  readonly sensitive?: boolean
  readonly order: number
}

/** A claim of type metadata (SD-JWT VC, 6.6) with its labels in both languages. */
export function describeClaim(path: readonly string[], zh: string, en: string, options: ClaimOptions): JsonObject {
  const { group, mask, codelist, sensitive, order } = options
  return jsonObject({
    path,
    display: [
      { locale: 'zh-CN', label: zh },
      { locale: 'en', label: en },
    ],
    mandatory: options.mandatory,
    sd: options.sd ?? 'always',
    x_fujie: jsonObject({ group, mask, codelist, sensitive, order }),
  })
}
