/** Keys in a table: Enter goes one row down, makes a row at the end, and leaves the table from an empty last row. */
import { TextSelection } from "@tiptap/pm/state";

/** @param {import("@tiptap/pm/state").EditorState} state @returns {number} the depth of the row, 0 outside */
function rowDepth({ selection: { $from } }) {
  for (let depth = $from.depth; depth > 0; depth--) if ($from.node(depth).type.name === "tableRow") return depth;
  return 0;
}

export const isInTable = (state) => rowDepth(state) > 0;

/** @param {import("@tiptap/core").Editor} editor */
export function enterInCell(editor) {
  const { state, view } = editor;
  const depth = rowDepth(state);
  if (!depth) return false;
  const { $from } = state.selection;
  const row = $from.node(depth);
  const column = $from.index(depth);
  const table = $from.node(depth - 1);
  const isLast = $from.index(depth - 1) === table.childCount - 1;
  const tr = state.tr;
  const after = $from.after(depth);
  if (isLast && table.childCount > 1 && !row.textContent.trim()) {
    tr.delete($from.before(depth), after);
    const behind = tr.mapping.map(after) + 1;
    if (!tr.doc.resolve(behind).nodeAfter) tr.insert(behind, state.schema.nodes.paragraph.create());
    tr.setSelection(TextSelection.near(tr.doc.resolve(behind), 1));
  } else {
    if (isLast) {
      const cells = Array.from({ length: row.childCount }, () => state.schema.nodes.tableCell.create());
      tr.insert(after, state.schema.nodes.tableRow.create(null, cells));
    }
    const below = tr.doc.nodeAt(after);
    let at = after + 1;
    for (let index = 0; index < Math.min(column, below.childCount - 1); index++) at += below.child(index).nodeSize;
    tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
  }
  view.dispatch(tr.scrollIntoView());
  return true;
}
