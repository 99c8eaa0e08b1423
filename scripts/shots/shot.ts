import type { GalleryDoor } from '@fujie/wallet/screens/gallery/door.ts'

/** One picture: a screen in one language, look and size of window. */
export interface Shot {
  readonly screen: string
  readonly language: (typeof languages)[number]
  readonly theme: (typeof themes)[number]
  readonly size: (typeof sizes)[number]
}

export const languages = ['zh-CN', 'en'] as const
export const themes = ['light', 'dark', 'contrast'] as const
export const sizes = [
  { width: 375, height: 740 },
  { width: 1280, height: 800 },
] as const

export function nameOf({ screen, language, theme, size }: Shot): string {
  return `${screen}.${language}.${theme}.${size.width}.png`
}

declare global {
  /** Stands in the page that is photographed. */
  var gallery: GalleryDoor
}
