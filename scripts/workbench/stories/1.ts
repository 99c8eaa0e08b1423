import { openWallet, receiveIdentity } from './receive.ts'
import type { Story } from './story.ts'

/** Get a resident identity. */
export const story1: Story = {
  number: 1,
  title: 'story.1',
  proves: 'story.1.proves',
  steps: [
    ...openWallet('new'),
    ...receiveIdentity('wang', true),
    { does: 'await', pane: 'wallet', target: '[data-copies="10"]' },
  ],
}
