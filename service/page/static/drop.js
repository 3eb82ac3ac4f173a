/** Files dropped on a view. */

/** Call `onFiles` with what is dropped on a node; the node has the class "dropping" while something hovers. */
export function acceptDrops(node, onFiles) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const hovering = (is) => node.classList.toggle("dropping", is);
  node.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return; // text from another window goes into the field as always
    event.preventDefault();
    hovering(true);
  });
  node.addEventListener("dragleave", (event) => {
    if (!node.contains(event.relatedTarget)) hovering(false);
  });
  node.addEventListener("drop", (event) => {
    hovering(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  });
}
