import { showAt, walletWithIdentity } from './receive.ts'
import type { Step, Story } from './story.ts'

/** Shares the age with the shop; what its counter got is kept under `as`. */
function proveAge(as: string): readonly Step[] {
  return [
    ...showAt('shop'),
    { does: 'press', pane: 'wallet', target: '[data-act="share"]' },
    { does: 'await', pane: 'shop', target: '[data-reason="OK_AGE_ONLY"]', patience: 15_000 },
    { does: 'read', pane: 'shop', target: '[data-act="answer-digest"]', as },
    { does: 'press', pane: 'wallet', target: '[data-act="request-done"]', patience: 10_000 },
  ]
}

/** Prove only that you are of age: twice with nothing in common, and a minor cannot. */
export const story6: Story = {
  number: 6,
  title: 'story.6',
  proves: 'story.6.proves',
  steps: [
    ...walletWithIdentity('wang', 'wang'),
    { does: 'say', words: 'story.6.step.1' },
    ...proveAge('first'),
    { does: 'say', words: 'story.6.step.2' },
    { does: 'say', words: 'story.6.step.3' },
    ...proveAge('second'),
    { does: 'differ', one: 'first', other: 'second' },
    ...walletWithIdentity('minor', 'zhang'),
    { does: 'say', words: 'story.6.step.4' },
    {
      does: 'unless',
      pane: 'shop',
      target: '[data-act="counter-idle"]',
      steps: [{ does: 'press', pane: 'shop', target: '[data-act="next-guest"]' }],
    },
    { does: 'press', pane: 'wallet', target: '[data-act="show"]' },
    {
      does: 'unless',
      pane: 'wallet',
      target: '[data-act="engagement"]',
      steps: [{ does: 'press', pane: 'wallet', target: '[data-act="show-code"]' }],
    },
    { does: 'hold', from: 'wallet', before: 'shop' },
    { does: 'press', pane: 'wallet', target: '[data-act="decline"]', patience: 20_000 },
    { does: 'drop' },
    { does: 'await', pane: 'shop', target: '[data-reason="DECLINED"]', patience: 15_000 },
  ],
}
