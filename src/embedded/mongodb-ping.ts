/** Whether a MongoDB-protocol server on loopback answers a ping that reaches its storage. */
export async function pings(port: number): Promise<boolean> {
  const { MongoClient, MongoError } = await import('mongodb'); // 0.15 s of loading that finding and installing do not need
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { serverSelectionTimeoutMS: 2000 });
  try {
    await client.db('admin').command({ ping: 1 });
    await client.db('landfall').listCollections().toArray();
    return true;
  } catch (error) {
    if (error instanceof MongoError) return false;
    throw error;
  } finally {
    await client.close();
  }
}
