using System.Globalization;

namespace Hearth.Kernels.Threading;

/// <summary>The small text files in which Linux describes itself. What cannot be read or understood is null or empty.</summary>
internal static class KernelFile
{
    /// <summary>No kernel has more processors; a longer range in a file is damage.</summary>
    private const int MaxProcessor = 8192;

    /// <summary>Longest file read: /proc/self/status has a few kilobytes.</summary>
    private const int MaxChars = 1 << 16;

    /// <summary>The file's text without surrounding white space; null if it is missing, unreadable or empty.</summary>
    public static string? Text(string root, string path)
    {
        try
        {
            using var reader = new StreamReader(Path.Combine(root, path));
            var buffer = new char[MaxChars];
            var text = new string(buffer, 0, reader.ReadBlock(buffer, 0, buffer.Length)).Trim();
            return text.Length == 0 ? null : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The file's lines; none if it cannot be read.</summary>
    public static string[] Lines(string root, string path) => Text(root, path)?.Split('\n') ?? [];

    /// <summary>The file as one decimal number.</summary>
    public static long? Number(string root, string path) => ParseNumber(Text(root, path));

    /// <summary>A decimal number, or null.</summary>
    public static long? ParseNumber(string? text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A list of processors such as "0-3,8,10-11", rising and without repetition; empty unless all of it makes sense.</summary>
    public static List<int> ParseList(string? text)
    {
        var processors = new SortedSet<int>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var first = ParseNumber(dash < 0 ? part : part[..dash]);
            var last = dash < 0 ? first : ParseNumber(part[(dash + 1)..]);
            if (first is not (>= 0 and < MaxProcessor) || last is not (>= 0 and < MaxProcessor) || last < first)
                return [];
            for (var processor = (int)first; processor <= last; processor++)
                processors.Add(processor);
        }

        return [.. processors];
    }
}
