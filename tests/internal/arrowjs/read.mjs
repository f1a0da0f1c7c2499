// Reads Arrow files from standard input, each after its size as four bytes, least significant
// byte first. For each file it prints a line of JSON that describes the frame in the file as
// describe in arrowjs.go does. Names, labels, configuration and metadata come from the schema, as
// Grafana's ArrowDataFrame read them.
import { DataType, RecordBatchReader, TimeUnit, Vector } from 'apache-arrow';

function parsed(text) {
  return text === undefined || text === '' ? null : JSON.parse(text);
}

function describe(bytes) {
  // Not tableFromIPC, because a table merges fields of the same name.
  const reader = RecordBatchReader.from(bytes).open();
  const { fields, metadata } = reader.schema;
  const batches = [...reader];
  return {
    name: metadata.get('name') ?? '',
    refId: metadata.get('refId') ?? '',
    meta: parsed(metadata.get('meta')),
    rows: batches.reduce((rows, batch) => rows + batch.numRows, 0),
    fields: fields.map((field, i) => ({
      name: field.metadata.get('name') ?? field.name,
      labels: parsed(field.metadata.get('labels')),
      config: parsed(field.metadata.get('config')),
      type: (field.nullable ? '*' : '') + typeName(field.type),
      values: batches.flatMap((batch) => values(field.type, batch.data.children[i])),
    })),
  };
}

function typeName(type) {
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.NANOSECOND) {
    return 'time.Time';
  }
  if (DataType.isUtf8(type)) {
    return 'string';
  }
  return String(type).toLowerCase();
}

// values returns the values of a column as strings: nanoseconds of times, and bits of floats.
// Both come from the column's buffer, because get returns milliseconds, and numbers in JSON
// can't be infinite.
function values(type, data) {
  const vector = new Vector([data]);
  let text = String;
  if (DataType.isTimestamp(type)) {
    text = (value, i) => data.values[i].toString();
  } else if (DataType.isFloat(type)) {
    const bits = new BigUint64Array(data.values.buffer, data.values.byteOffset, data.length);
    text = (value, i) => {
      if (!Object.is(value, data.values[i])) {
        throw new Error(`value ${i} is ${value}, in the buffer ${data.values[i]}`);
      }
      return bits[i].toString(16);
    };
  }
  return Array.from({ length: data.length }, (_, i) => {
    const value = vector.get(i);
    return value === null ? null : text(value, i);
  });
}

let pending = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4) {
    const size = pending.readUInt32LE(0);
    if (pending.length < 4 + size) {
      break;
    }
    // A copy, because a file must begin at a multiple of eight bytes.
    const file = Uint8Array.from(pending.subarray(4, 4 + size));
    pending = pending.subarray(4 + size);
    let result;
    try {
      result = describe(file);
    } catch (error) {
      result = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(result) + '\n');
  }
}
