namespace Hearth.Kernels.Matmul;

/// <summary>
/// A codebook's entries as a row's dwords of a <see cref="CodebookPanel{TFormat}"/>, bit 3 of all codes clear: eight values make a dword, four
/// values its low nibbles.
/// </summary>
internal static class CodebookEntries<TFormat>
    where TFormat : struct, ICodebookFormat
{
    /// <summary>The dwords.</summary>
    public static readonly uint[] Codes = Pack();

    private static uint[] Pack()
    {
        var codebook = TFormat.Codebook;
        var entries = new uint[codebook.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            var entry = codebook[i];
            for (int j = 0; j < entry.Length; j++)
            {
                int code = TFormat.Values[..8].IndexOf((byte)(TFormat.Value(entry[j]) + TFormat.Zero));
                entries[i] |= (uint)code << ((8 * (j % 4)) + (4 * (j / 4)));
            }
        }

        return entries;
    }
}
