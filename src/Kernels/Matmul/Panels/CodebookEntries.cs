namespace Hearth.Kernels.Matmul;

/// <summary>
/// A codebook's entries as numbers of their values: a dword for eight values, byte j of which has the numbers of values j and 4 + j, or for four
/// values, which leave room for four more.
/// </summary>
internal static class CodebookEntries<TFormat, TLines>
    where TFormat : struct, ICodebookFormat
    where TLines : struct, ICodebookLines
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
                int number = TFormat.Values[..(1 << TLines.NumberBits)].IndexOf((byte)(TFormat.Value(entry[j]) + TFormat.Zero));
                entries[i] |= (uint)number << ((8 * (j % 4)) + (TLines.QuadBits * (j / 4)));
            }
        }

        return entries;
    }
}
