using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

/// <summary>Expectations for one vocabulary, as another program computed them; the format is described beside the data.</summary>
internal sealed class TokenizerCases(JsonElement root)
{
    /// <summary>Compares everything the file states with a tokenizer; one line per difference.</summary>
    public IEnumerable<string> Differences(ITokenizer tokenizer)
    {
        var cases = root.GetProperty("cases").EnumerateArray().SelectMany(c => Case(tokenizer, c));
        return Facts(tokenizer).Concat(Pieces(tokenizer)).Concat(cases);
    }

    /// <summary>How many texts the file has.</summary>
    public int Count => root.GetProperty("cases").GetArrayLength();

    private IEnumerable<string> Facts(ITokenizer tokenizer)
    {
        var info = root.GetProperty("info");
        (string Name, int Value)[] facts =
        [
            ("n", tokenizer.VocabularySize), ("bos", tokenizer.Special.Bos), ("eos", tokenizer.Special.Eos),
            ("sep", tokenizer.Special.Separator), ("pad", tokenizer.Special.Pad),
        ];
        foreach (var (name, value) in facts)
        {
            if (info.GetProperty(name).GetInt32() != value) yield return $"{name} is {value}, not {info.GetProperty(name)}";
        }

        // Kinds that read line breaks as spaces state some id or other.
        var newline = info.GetProperty("type").GetString() is "spm" or "bpe" ? info.GetProperty("nl").GetInt32() : SpecialTokens.None;
        if (tokenizer.Special.Newline != newline) yield return $"nl is {tokenizer.Special.Newline}, not {newline}";

        (string Name, bool Value)[] flags =
        [
            ("add_bos", tokenizer.Special.AddBos), ("add_eos", tokenizer.Special.AddEos), ("add_sep", tokenizer.Special.AddSeparator),
        ];
        foreach (var (name, value) in flags)
        {
            if (info.GetProperty(name).GetBoolean() != value) yield return $"{name} is {value}";
        }

        if (root.TryGetProperty("eog", out var eog))
        {
            var expected = eog.EnumerateArray().Select(id => id.GetInt32()).Order().ToArray();
            var actual = tokenizer.EndOfGeneration;
            if (!expected.SequenceEqual(actual)) yield return $"eog is {string.Join(',', actual)}, not {eog}";
            if (!expected.All(tokenizer.IsEndOfGeneration)) yield return "IsEndOfGeneration differs from EndOfGeneration";
        }
    }

    private IEnumerable<string> Pieces(ITokenizer tokenizer)
    {
        if (!root.TryGetProperty("pieces", out var pieces)) yield break;
        foreach (var piece in pieces.EnumerateArray())
        {
            var id = piece[0].GetInt32();
            var shown = Convert.ToHexStringLower(tokenizer.Piece(id, showSpecial: true));
            var hidden = Convert.ToHexStringLower(tokenizer.Piece(id, showSpecial: false));
            var isExpected = shown == piece[1].GetString() && hidden == piece[2].GetString();
            if (!isExpected) yield return $"piece {id} is {shown} / {hidden}, not {piece}";
        }

        if (!root.TryGetProperty("pieces_sha256", out var hashes)) yield break;
        if (Hash(tokenizer, true) != hashes.GetProperty("special_shown").GetString()) yield return "the hash of all shown pieces differs";
        if (Hash(tokenizer, false) != hashes.GetProperty("special_hidden").GetString()) yield return "the hash of all pieces differs";
    }

    private static string Hash(ITokenizer tokenizer, bool showSpecial)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        for (var id = 0; id < tokenizer.VocabularySize; id++)
        {
            var piece = tokenizer.Piece(id, showSpecial);
            BinaryPrimitives.WriteInt32LittleEndian(length, piece.Length);
            hash.AppendData(length);
            hash.AppendData(piece);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Case(ITokenizer tokenizer, JsonElement c)
    {
        if (!TryGetText(c, out var text)) yield break;
        var name = JsonSerializer.Serialize(text.Length > 60 ? text[..60] + "..." : text);
        var plain = Ids(c, "plain", []);
        var added = Ids(c, "added", plain);
        var parsed = Ids(c, "parsed", plain);
        var addedParsed = Ids(c, "added_parsed", added);
        (string Name, int[] Expected, bool Add, bool Parse)[] modes =
        [
            ("plain", plain, false, false), ("added", added, true, false),
            ("parsed", parsed, false, true), ("added_parsed", addedParsed, true, true),
        ];
        foreach (var mode in modes)
        {
            var ids = tokenizer.Encode(text, mode.Add, mode.Parse);
            if (!ids.SequenceEqual(mode.Expected)) yield return $"{name} {mode.Name}: {Show(ids)}, not {Show(mode.Expected)}";
        }

        var detok = Text(c, "detok", text);
        var detokAll = Text(c, "detok_all", detok);
        var detokClean = Text(c, "detok_clean", detokAll);
        (string Name, string Expected, string Actual)[] texts =
        [
            ("detok", detok, tokenizer.Decode(plain, showSpecial: false)),
            ("detok_all", detokAll, tokenizer.Decode(addedParsed, showSpecial: true)),
            ("detok_clean", detokClean, tokenizer.Decode(addedParsed, showSpecial: false, removeSpecial: true)),
        ];
        foreach (var (kind, expected, actual) in texts)
        {
            // The reference leaves a NUL byte behind a lone apostrophe.
            if (expected.Contains('\0') && !text.Contains('\0')) continue;
            if (actual == expected) continue;
            yield return $"{name} {kind}: {JsonSerializer.Serialize(actual)}, not {JsonSerializer.Serialize(expected)}";
        }
    }

    private static bool TryGetText(JsonElement c, out string text)
    {
        text = c.TryGetProperty("text", out var literal) ? literal.GetString()!
            : c.TryGetProperty("repeat", out var repeat) ? string.Concat(Enumerable.Repeat(repeat[0].GetString(), repeat[1].GetInt32()))
            : string.Empty;
        return !c.TryGetProperty("hex", out _);
    }

    private static int[] Ids(JsonElement c, string name, int[] otherwise)
        => c.TryGetProperty(name, out var ids) ? ids.EnumerateArray().Select(id => id.GetInt32()).ToArray() : otherwise;

    private static string Text(JsonElement c, string name, string otherwise)
        => c.TryGetProperty(name + "_hex", out var hex) ? Encoding.UTF8.GetString(Convert.FromHexString(hex.GetString()!))
        : !c.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.True ? otherwise
        : value.GetString()!;

    private static string Show(int[] ids)
        => string.Create(CultureInfo.InvariantCulture, $"[{string.Join(',', ids.Take(30))}{(ids.Length > 30 ? ",..." : string.Empty)}]");
}
