import { showAt, walletWithIdentity } from './receive.ts'
import type { Step, Story } from './story.ts'

/** A screenshot fools nobody: the photographed code was used, and a counter's code belongs to that counter. */
export const story4: Story = {
  number: 4,
  title: 'story.4',
  proves: 'story.4.proves',
  steps: [
    ...walletWithIdentity('wang', 'wang'),
    { does: 'say', words: 'story.4.step.1' },
    ...showAt('hotel').flatMap((step): readonly Step[] =>
      step.does === 'hold' ? [{ does: 'photograph', pane: 'wallet' }, step] : [step],
    ),
    { does: 'press', pane: 'wallet', target: '[data-act="share"]' },
    { does: 'press', pane: 'hotel', target: '[data-act="same-person"]', patience: 15_000 },
    { does: 'press', pane: 'hotel', target: '[data-act="next-guest"]' },
    { does: 'say', words: 'story.4.step.2' },
    { does: 'await', pane: 'hotel', target: '[data-act="counter-idle"]' },
    { does: 'hold-phone', before: 'hotel' },
    { does: 'await', pane: 'hotel', target: '[data-reason="REPLAY"]', patience: 15_000 },
    { does: 'drop' },
    { does: 'press', pane: 'hotel', target: '[data-act="next-guest"]' },
    { does: 'await', pane: 'hotel', target: '[data-act="counter-idle"]' },
    { does: 'say', words: 'story.4.step.3' },
    { does: 'photograph', pane: 'hotel' },
    {
      does: 'unless',
      pane: 'shop',
      target: '[data-act="counter-idle"]',
      steps: [{ does: 'press', pane: 'shop', target: '[data-act="next-guest"]' }],
    },
    { does: 'hold-phone', before: 'shop' },
    { does: 'await', pane: 'shop', target: '[data-reason="WRONG_COUNTER"]', patience: 15_000 },
    { does: 'drop' },
    { does: 'press', pane: 'wallet', target: '[data-act="request-done"]', patience: 10_000 },
  ],
}
