export { type IntegrityOptions, validateCsvIntegrity } from './validate-csv-integrity.ts';
