// The operations of the browser, by the names that the server gives them.

import { correctBoundary } from './correct_boundary';
import { draw } from './draw';
import { insertVertex } from './insert_vertex';
import { merge } from './merge';
import { moveBoundary } from './move_boundary';
import { moveVertex } from './move_vertex';
import type { BrowserOperation } from './operation';
import { removeVertex } from './remove_vertex';
import { renumber } from './renumber';
import { retire } from './retire';
import { setAttributes } from './set_attributes';
import { splitByArea } from './split_by_area';
import { splitByLine } from './split_by_line';
import { splitByPoints } from './split_by_points';
import { splitEqual } from './split_equal';

const OPERATIONS: readonly BrowserOperation[] = [
  draw,
  splitByLine,
  splitByArea,
  splitEqual,
  splitByPoints,
  merge,
  moveBoundary,
  moveVertex,
  insertVertex,
  removeVertex,
  correctBoundary,
  setAttributes,
  renumber,
  retire,
];

export function operationNamed(id: string | null): BrowserOperation | undefined {
  return OPERATIONS.find((one) => one.id === id);
}
