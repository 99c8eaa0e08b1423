import type { IconName } from '../icons.ts'

/** The five ways in, in the order of their keys 1 to 5. */
export const doors = ['camera', 'screen', 'paste', 'still', 'gun'] as const

export type Door = (typeof doors)[number]

export const doorIcons: Readonly<Record<Door, IconName>> = {
  camera: 'camera',
  screen: 'screen',
  paste: 'paste',
  still: 'image',
  gun: 'gun',
}
