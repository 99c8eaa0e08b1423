import type { Json } from '@fujie/shared/core/encoding/json.ts'

/** Hands a value to the browser as a file of its own. */
export function saveFile(name: string, type: string, value: Json | undefined): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value)], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
