import { contextBridge, ipcRenderer } from 'electron'

// The one thing the wallet's page gets from this process: questions on the channel `wallet`, where nothing is approved.
contextBridge.exposeInMainWorld('fujie', {
  ask: (method: string, input: unknown) => ipcRenderer.invoke('wallet', method, input),
})
