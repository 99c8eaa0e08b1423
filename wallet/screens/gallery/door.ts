import type { Language } from '@fujie/shared/ui/messages.ts'

/** What the gallery page offers to `scripts/shots.ts`. */
export interface GalleryDoor {
  readonly names: readonly string[]
  /** Resolves once the sample stands still. */
  show(name: string, language: Language, theme: 'light' | 'dark' | 'contrast'): Promise<void>
}
