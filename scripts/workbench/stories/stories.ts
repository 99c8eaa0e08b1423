import { story1 } from './1.ts'
import { story2 } from './2.ts'
import { story4 } from './4.ts'
import { story5 } from './5.ts'
import { story6 } from './6.ts'
import { story9 } from './9.ts'
import type { Story } from './story.ts'

/** The stories that can be played, in the order of the rail. */
export const stories: readonly Story[] = [story1, story2, story4, story5, story6, story9]
