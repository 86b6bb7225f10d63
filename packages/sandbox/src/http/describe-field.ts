import type { FieldSchema, ObjectSchema } from '../org/types.ts';

const SOAP_TYPES: Readonly<Partial<Record<FieldSchema['type'], string>>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  address: 'urn:address',
};

const PERSON_OBJECTS: readonly string[] = ['Contact', 'Lead', 'User'];

/** The length up to which text areas can be filtered and sorted. */
const SHORT_TEXT = 255;

/** Returns a field as describe shows it. */
export function describeField(schema: ObjectSchema, field: FieldSchema) {
  const isShort = field.type !== 'address' && (field.type !== 'textarea' || field.length <= SHORT_TEXT);
  const [preset] = field.picklistValues.filter(({ defaultValue }) => defaultValue);
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    extraTypeInfo: extraTypeInfo(schema, field),
    htmlFormatted: field.htmlFormatted,
    length: field.length,
    byteLength: field.length * 3,
    custom: /__p?c$/.test(field.name),
    nillable: !isAlwaysFilled(schema, field),
    permissionable: field.permissionable,
    compoundFieldName: field.compoundFieldName,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    filterable: isShort,
    sortable: isShort && field.type !== 'multipicklist',
    groupable: false,
    calculated: false,
    createable: false,
    updateable: false,
    nameField: field.name === nameField(schema),
    externalId: false,
    defaultValue: field.type === 'boolean' ? false : (preset?.value ?? null),
    controllerName: null,
    dependentPicklist: false,
    restrictedPicklist: false,
    picklistValues: field.picklistValues,
  };
}

const FILLED: readonly string[] = [
  'OwnerId',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'LastName',
  'StageName',
  'CloseDate',
  'Company',
];

function isAlwaysFilled(schema: ObjectSchema, field: FieldSchema): boolean {
  if (field.required || field.type === 'id' || field.type === 'boolean') return true;
  if (field.name === nameField(schema)) return true;
  // Among accounts, only person accounts have a last name.
  return FILLED.includes(field.name) && !(schema.name === 'Account' && field.name === 'LastName');
}

function nameField(schema: ObjectSchema): string {
  return schema.name === 'Case' ? 'CaseNumber' : 'Name';
}

/** Returns describe's `extraTypeInfo`: it marks rich text and the fields of a person's name. */
function extraTypeInfo(schema: ObjectSchema, field: FieldSchema): string | null {
  if (field.type === 'textarea') return field.htmlFormatted ? 'richtextarea' : 'plaintextarea';
  const isName = field.name === 'Name' || field.compoundFieldName === 'Name';
  if (isName && PERSON_OBJECTS.includes(schema.name)) return 'personname';
  const hasPersons = schema.name === 'Account' && schema.fields.some(({ name }) => name === 'IsPersonAccount');
  if (isName && hasPersons) return field.name === 'Name' ? 'switchablepersonname' : 'personname';
  return null;
}
