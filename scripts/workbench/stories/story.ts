import type { MessageKey } from '@fujie/shared/ui/messages.ts'

/** Words of the stories; none of them has a hole to fill. */
export type StoryWords = Extract<MessageKey, `story.${string}`>

/** The panes of the workbench; each shows one role's own page. The attacker's phone is the workbench's own. */
export const panes = ['issuer', 'wallet', 'hotel', 'shop', 'registry'] as const
export type Pane = (typeof panes)[number]

/** Whose wallet the wallet pane shows. `new` is one that was never opened before. */
export type Profile = 'wang' | 'minor' | 'new'

/**
 * One step of a story. The page plays it by the hand each pane lends; the tests play it by the keyboard alone.
 *
 * `$name` in a text stands for what an earlier `read` or `cheat` kept under that name.
 */
export type Step =
  | { readonly does: 'say'; readonly words: StoryWords }
  | { readonly does: 'wallet'; readonly of: Profile }
  | { readonly does: 'press'; readonly pane: Pane; readonly target: string; readonly patience?: number }
  | { readonly does: 'type'; readonly pane: Pane; readonly target: string; readonly text: string }
  | { readonly does: 'read'; readonly pane: Pane; readonly target: string; readonly as: string }
  | { readonly does: 'await'; readonly pane: Pane; readonly target: string; readonly patience?: number }
  /** Plays the inner steps unless the target is already there after a moment. */
  | { readonly does: 'unless'; readonly pane: Pane; readonly target: string; readonly steps: readonly Step[] }
  /** Holds what a pane's screen shows before another pane's camera, until `drop`. */
  | { readonly does: 'hold'; readonly from: Pane; readonly before: Pane }
  /** Keeps the picture that a pane's screen shows now, as a photograph on the attacker's phone. */
  | { readonly does: 'photograph'; readonly pane: Pane }
  /** Holds the attacker's phone before a camera: the photograph, or a code kept as `$name`. */
  | { readonly does: 'hold-phone'; readonly before: Pane; readonly text?: string }
  | { readonly does: 'drop' }
  /** Has the demonstration's server play somebody who is not on the stage. */
  | { readonly does: 'cheat'; readonly how: Cheat; readonly as: string }
  /** Two things that were kept must differ. */
  | { readonly does: 'differ'; readonly one: string; readonly other: string }

/**
 * Who is not on the stage: somebody with a wallet of their own making who changes one digit of a genuine document
 * before showing it; a thief with the shop's update key.
 */
export const cheats = ['altered-document', 'stolen-update'] as const
export type Cheat = (typeof cheats)[number]

export interface Story {
  readonly number: number
  readonly title: StoryWords
  readonly proves: StoryWords
  readonly steps: readonly Step[]
}
