using System.Text;
using FsCheck.Xunit;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class PieceTableTests
{
    [Property(MaxTest = 300)]
    public bool Finds_what_was_added_and_nothing_else(string?[] texts, string? other)
    {
        var list = new Utf8List(2);
        var expected = new Dictionary<string, int>();
        foreach (var text in texts) list.Add(text ?? string.Empty);
        var table = new PieceTable(list, list.Count);
        for (var id = 0; id < list.Count; id++)
        {
            var text = list.Text(id);
            if (table.Add(id) != expected.GetValueOrDefault(text, -1)) return false;
            expected.TryAdd(text, id);
        }

        return expected.All(entry => table.Find(Encoding.UTF8.GetBytes(entry.Key)) == entry.Value)
            && table.Find(Encoding.UTF8.GetBytes(other ?? "?")) == expected.GetValueOrDefault(Whole(other ?? "?"), -1);
    }

    [Property(MaxTest = 300)]
    public bool Prefixes_of_a_text_are_found_shortest_first(byte[] text, byte[][] others)
    {
        var list = new Utf8List(8);
        for (var length = 1; length <= text.Length; length += 1 + (length % 3)) list.Add(text.AsSpan(0, length));
        foreach (var other in others) list.Add(other);
        var table = new PieceTable(list, list.Count);
        for (var id = 0; id < list.Count; id++) table.Add(id);

        var expected = Enumerable.Range(1, text.Length).Where(length => table.Find(text.AsSpan(0, length)) >= 0).ToList();
        var found = new List<int>();
        var matches = new PrefixIndex(table, id => true).Find(text);
        while (matches.MoveNext()) found.Add(matches.Length);
        return found.SequenceEqual(expected);
    }

    [Fact]
    public void Pieces_that_are_left_out_are_never_found_by_accident()
    {
        // Each piece that is left out begins one that is not, so that only the bits of ends keep it apart.
        var list = new Utf8List(40_000);
        for (var number = 0; number < 20_000; number++)
        {
            list.Add($"piece{number:D5}");
            list.Add($"piece{number:D5}-");
        }

        var table = new PieceTable(list, list.Count);
        for (var id = 0; id < list.Count; id++) table.Add(id);
        var index = new PrefixIndex(table, id => id % 2 == 1);
        for (var id = 0; id < list.Count; id++)
        {
            var matches = index.Find(list[id]);
            Assert.Equal(id % 2 == 1, matches.MoveNext());
        }
    }

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
