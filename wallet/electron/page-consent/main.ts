import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { consent } from '../../engine/contract.ts'
import ConsentWindow from '../../screens/ConsentWindow.svelte'
import { parseRoute } from '../../screens/route.ts'
import { connectBridge, type Bridge } from '../../transport/ipc.ts'

const { fujie } = globalThis as unknown as { readonly fujie: Bridge }
const route = parseRoute(location.hash)
const target = document.querySelector('#app')
if (target && route.page === 'consent') {
  const props = { consent: connectBridge(consent, fujie), id: route.id, onclose: () => window.close() }
  mount(ConsentWindow, { target, props })
}
