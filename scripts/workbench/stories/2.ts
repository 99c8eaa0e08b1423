import { showAt, walletWithIdentity } from './receive.ts'
import type { Story } from './story.ts'

/** Check in at a hotel: show, consent, the clerk compares the person. */
export const story2: Story = {
  number: 2,
  title: 'story.2',
  proves: 'story.2.proves',
  steps: [
    ...walletWithIdentity('wang', 'wang'),
    { does: 'say', words: 'story.2.step.1' },
    ...showAt('hotel'),
    { does: 'say', words: 'story.2.step.3' },
    { does: 'press', pane: 'wallet', target: '[data-act="share"]' },
    { does: 'say', words: 'story.2.step.4' },
    { does: 'await', pane: 'hotel', target: '[data-reason="CHECK_PERSON"]', patience: 15_000 },
    { does: 'press', pane: 'hotel', target: '[data-act="same-person"]' },
    { does: 'say', words: 'story.2.step.5' },
    { does: 'await', pane: 'hotel', target: '[data-reason="OK"]' },
    { does: 'press', pane: 'wallet', target: '[data-act="request-done"]', patience: 10_000 },
  ],
}
