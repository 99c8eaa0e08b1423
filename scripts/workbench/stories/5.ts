import type { Story } from './story.ts'

/** Change one character: a genuine document, one digit altered by a wallet that does as its owner likes. */
export const story5: Story = {
  number: 5,
  title: 'story.5',
  proves: 'story.5.proves',
  steps: [
    { does: 'say', words: 'story.5.step.1' },
    { does: 'cheat', how: 'altered-document', as: 'code' },
    {
      does: 'unless',
      pane: 'hotel',
      target: '[data-act="counter-idle"]',
      steps: [{ does: 'press', pane: 'hotel', target: '[data-act="next-guest"]' }],
    },
    { does: 'say', words: 'story.5.step.2' },
    { does: 'hold-phone', before: 'hotel', text: '$code' },
    { does: 'await', pane: 'hotel', target: '[data-reason="BAD_SIGNATURE"]', patience: 20_000 },
    { does: 'drop' },
    { does: 'say', words: 'story.5.step.3' },
  ],
}
