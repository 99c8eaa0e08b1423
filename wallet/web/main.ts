import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { lendHand } from '@fujie/shared/ui/hand.ts'
import { scriptUrl } from '@fujie/shared/ui/script-url.ts'
import App from '../screens/App.svelte'
import Returned from '../screens/Returned.svelte'
import { connectMessages } from '../transport/worker.ts'
import { hostConfig } from '../engine/host-config.ts'
import { awaitReturn, bringBack, listenForReturns, returnedTo } from './agency-return.ts'
import engineUrl from './engine-worker.ts?worker&url'
import serviceUrl from './service-worker.ts?worker&url'
import { WaitingUpdate } from './update.svelte.ts'

const profile = new URLSearchParams(location.search).get('profile') ?? ''
const engine = new Worker(scriptUrl(engineUrl), { type: 'module', name: profile })
const config = hostConfig.safeParse(await fetch('/config.json').then((answer) => answer.json()))
const workbench = config.data?.workbench
const update = new WaitingUpdate()
const target = document.querySelector('#app')
const returned = returnedTo(location)
// The code an agency's page sent along is not to stay in the address bar, nor in what the browser remembers.
if (returned !== undefined) history.replaceState(null, '', '/open')
if (target && returned !== undefined && (await bringBack(returned))) mount(Returned, { target })
else if (target) open(target)

function open(target: Element) {
  if (returned !== undefined) history.replaceState(null, '', `/open#${encodeURIComponent(returned)}`)
  listenForReturns()
  mount(App, { target, props: { ...connectMessages(engine), workbench, update, onpage: awaitReturn } })
}

if (workbench !== undefined) lendHand(workbench)
// Without it the wallet works all the same, only not before the network is there.
else await update.watch(scriptUrl(serviceUrl)).catch(() => undefined)
