import first from 'first-result:hardmax';
import { hardmax } from '../experiments/hardmax.ts';
import { ExperimentFigure } from './element.ts';

/** `<asymptoken-hardmax>`: attention at one query as its temperature falls to 0. */
export class HardmaxFigure extends ExperimentFigure {
  constructor() {
    super(hardmax, first);
  }
}
