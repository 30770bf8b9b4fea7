namespace Hearth.Kernels.Matmul;

/// <summary>
/// A codebook's entries as numbers of their values: a dword for eight values, byte j of which has the number of value j in its low nibble and
/// that of value 4 + j in its high nibble, or for four values, which are in the low nibbles alone.
/// </summary>
internal static class CodebookEntries<TFormat>
    where TFormat : struct, ICodebookFormat
{
    /// <summary>The dwords.</summary>
    public static readonly uint[] Numbers = Pack();

    private static uint[] Pack()
    {
        var codebook = TFormat.Codebook;
        var entries = new uint[codebook.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            var entry = codebook[i];
            for (int j = 0; j < entry.Length; j++)
            {
                int number = TFormat.Values.IndexOf((byte)(TFormat.Value(entry[j]) + TFormat.Zero));
                entries[i] |= (uint)number << ((8 * (j % 4)) + (4 * (j / 4)));
            }
        }

        return entries;
    }
}
