using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Hearth.Engine.Tokenization.BytePair;
using Hearth.Engine.Tokenization.LongestMatch;
using Hearth.Engine.Tokenization.SentencePiece;
using Hearth.Engine.Tokenization.Unigram;
using Hearth.Engine.Tokenization.Vocabularies;
using Hearth.Engine.Tokenization.WordPiece;

namespace Hearth.Engine.Tokenization;

/// <summary>
/// The one tokenizer: cuts special tokens out of a text, lets the vocabulary's subword encoder split the rest, adds what belongs
/// around it; and joins pieces again.
/// </summary>
internal sealed class Tokenizer : ITokenizer
{
    private readonly SubwordKind kind;
    private readonly TokenAttributes[] attributes;
    private readonly Utf8List shown;
    private readonly ISubwordEncoder? encoder;
    private readonly SpecialTokenSplitter splitter;
    private readonly int[] endOfGeneration;
    private readonly bool cleanSpaces;
    private EncodingScratch? idleScratch;

    /// <summary>Builds the tables of a vocabulary.</summary>
    /// <exception cref="InvalidModelException">The vocabulary contradicts itself.</exception>
    public Tokenizer(Vocabulary vocabulary)
    {
        kind = vocabulary.Kind;
        attributes = vocabulary.Attributes;
        shown = PieceForms.Shown(vocabulary);
        splitter = new SpecialTokenSplitter(vocabulary);
        cleanSpaces = vocabulary.CleanSpaces;
        endOfGeneration = vocabulary.EndOfGeneration;
        AddsSpacePrefix = vocabulary.AddSpacePrefix;

        Special = vocabulary.Special;
        if (vocabulary.Kind == SubwordKind.None) return;
        var pieces = PieceForms.Searchable(vocabulary);
        Special = Special with { Newline = pieces.Find("\n"u8) is >= 0 and var id ? id : pieces.Find("<0x0A>"u8) };
        encoder = vocabulary.Kind switch
        {
            SubwordKind.SentencePiece => new SentencePieceEncoder(vocabulary, pieces),
            SubwordKind.BytePair => new BytePairEncoder(vocabulary, pieces),
            SubwordKind.WordPiece => new WordPieceEncoder(vocabulary, pieces),
            SubwordKind.Unigram => new UnigramEncoder(vocabulary, pieces),
            SubwordKind.LongestMatch => new LongestMatchEncoder(vocabulary, pieces),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public int VocabularySize => attributes.Length;

    /// <inheritdoc/>
    public SpecialTokens Special { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<int> EndOfGeneration => endOfGeneration;

    /// <inheritdoc/>
    public bool AddsSpacePrefix { get; }

    /// <inheritdoc/>
    public bool IsEndOfGeneration(int id) => endOfGeneration.AsSpan().Contains(Checked(id));

    /// <inheritdoc/>
    public bool IsControl(int id) => (attributes[Checked(id)] & TokenAttributes.Control) != 0;

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecial, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scratch = RentScratch();
        Encode(text, addSpecial, parseSpecial, scratch);
        var ids = scratch.Ids.ToArray();
        Return(scratch);
        return ids;
    }

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial, IBufferWriter<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var scratch = RentScratch();
        Encode(text, addSpecial, parseSpecial, scratch);
        var count = scratch.Ids.Count;
        ids.Write(CollectionsMarshal.AsSpan(scratch.Ids));
        Return(scratch);
        return count;
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool showSpecial, bool removeSpecial = false)
    {
        var dropSpace = AddsSpacePrefix;
        if (removeSpecial && Special.AddBos && ids.Length > 0 && ids[0] == Special.Bos)
        {
            // A space after a bos is kept, as the reference keeps it.
            dropSpace = false;
            ids = ids[1..];
        }

        if (removeSpecial && Special.AddEos && ids.Length > 0 && ids[^1] == Special.Eos) ids = ids[..^1];

        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length * 4));
        foreach (var id in ids)
        {
            var piece = Piece(id, showSpecial);
            if (dropSpace && piece.StartsWith((byte)' ')) piece = piece[1..];
            dropSpace = false;
            bytes.Write(piece);
        }

        if (!cleanSpaces) return Encoding.UTF8.GetString(bytes.WrittenSpan);
        Span<byte> text = bytes.WrittenSpan.ToArray();
        return Encoding.UTF8.GetString(text[..SpaceCleaner.Clean(text)]);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Piece(int id, bool showSpecial)
    {
        var hidden = (attributes[Checked(id)] & (TokenAttributes.Control | TokenAttributes.Unknown)) != 0;
        return hidden && !showSpecial ? [] : shown[id];
    }

    private void Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial, EncodingScratch scratch)
    {
        if (encoder is null) throw new NotSupportedException("This model has no text vocabulary: it takes token ids, and no text.");

        if (addSpecial && Special.AddBos && Special.Bos >= 0) scratch.Ids.Add(Special.Bos);
        splitter.Split(text, parseSpecial, scratch);
        var isFirst = true;
        foreach (var fragment in scratch.Fragments)
        {
            if (fragment.IsText) encoder.Encode(text.Slice(fragment.Start, fragment.Length), isFirst, scratch);
            else scratch.Ids.Add(fragment.Id);
            isFirst = false;
        }

        if (addSpecial && Special.AddEos && Special.Eos >= 0) scratch.Ids.Add(Special.Eos);

        // Byte-pair vocabularies state the flag for those who join two texts; a single one does not end with a separator there.
        var endsWithSeparator = kind == SubwordKind.WordPiece && Special.AddSeparator && Special.Separator >= 0;
        if (addSpecial && endsWithSeparator) scratch.Ids.Add(Special.Separator);
    }

    private int Checked(int id)
    {
        if ((uint)id >= (uint)attributes.Length) Throw(id, attributes.Length);
        return id;

        static void Throw(int id, int size) => throw new ArgumentOutOfRangeException(
            nameof(id), id, $"Token {id} is not in the vocabulary, which has {size} tokens: 0 to {size - 1}.");
    }

    private EncodingScratch RentScratch() => Interlocked.Exchange(ref idleScratch, null) ?? new EncodingScratch();

    private void Return(EncodingScratch scratch)
    {
        scratch.Reset();
        idleScratch = scratch;
    }
}
