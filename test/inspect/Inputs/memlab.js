// memlab.js FILE: reads a heap snapshot with memlab, and prints for each node type, name, size and the size that it retains.
(async () => {
  const { getFullHeapFromFile } = require("@memlab/heap-analysis");
  const heap = await getFullHeapFromFile(process.argv[2]);
  heap.nodes.forEach(node => console.log(node.type, node.name, node.self_size, "retains", node.retainedSize));
})().catch(error => { console.error(error); process.exit(1); });
