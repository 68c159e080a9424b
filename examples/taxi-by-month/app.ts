import { App } from 'aws-cdk-lib';
import { TaxiByMonthStack } from './taxi-by-month-stack';

const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);

new TaxiByMonthStack(app, 'TaxiByMonth', {
  clusterIdentifier: context('clusterIdentifier'),
  workgroupName: context('workgroupName'),
  databaseName: context('databaseName'),
  databaseUser: context('databaseUser'),
  notice: context('notice'),
});
