using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Tests.Sessions;

public sealed class SavedSessionTests : IDisposable
{
    private const string Stories = "stories260K-Q8_0.gguf";

    private readonly TemporaryFolder folder = new();

    private string SessionPath => folder["a.session"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Stories, KvType.F16)]
    [InlineData(Stories, KvType.F32)]
    [InlineData(Stories, KvType.Q8_0)]
    [InlineData(Stories, KvType.Q4_0)]
    [InlineData("gemma3.gguf", KvType.F16)]
    [InlineData("deepseek2-lite.gguf", KvType.F16)]
    [InlineData("lfm2.gguf", KvType.F16)]
    [InlineData("mamba.gguf", KvType.F16)]
    public void A_loaded_session_goes_on_with_the_same_bytes(string name, KvType type)
    {
        using var model = Load(name, type);
        foreach (int count in (int[])[0, 1, 63, 64, 65, 128, 150])
        {
            int[] ids = Ids(model, count + 5);
            using var session = model.CreateSession();
            session.Append(ids.AsSpan(0, count));
            session.Save(SessionPath, $"note {count}");

            using var loaded = model.CreateSession();
            loaded.Append(ids.AsSpan(0, 3));
            Assert.Equal($"note {count}", loaded.Load(SessionPath, TestContext.Current.CancellationToken));
            Assert.Equal(ids[..count], loaded.Tokens.ToArray());
            Assert.True(Bytes(loaded).SequenceEqual(Bytes(session)), $"{count} tokens");
            session.Append(ids.AsSpan(count));
            loaded.Append(ids.AsSpan(count));
            Assert.True(Bytes(loaded).SequenceEqual(Bytes(session)), $"{count} tokens and 5 more");
        }
    }

    [Fact]
    public void What_was_forgotten_does_not_show_in_the_file()
    {
        using var model = Load(Stories);
        int[] ids = Ids(model, 200);
        using (var session = model.CreateSession())
        {
            session.Append(ids.AsSpan(0, 100));
            session.Save(SessionPath);
        }

        byte[] plain = File.ReadAllBytes(SessionPath);
        using var other = model.CreateSession();
        other.Append(ids.AsSpan(100));
        other.Rewind(0);
        other.Append(ids.AsSpan(0, 100));
        other.Append(ids.AsSpan(100));
        other.Rewind(100);
        other.Save(SessionPath);
        Assert.Equal(plain, File.ReadAllBytes(SessionPath));
    }

    [Fact]
    public async Task A_loaded_conversation_answers_as_if_it_had_never_been_saved()
    {
        using var model = Load(Stories);
        var options = new GenerationOptions { MaxTokens = 40, Sampling = new SamplerSettings { Seed = 5 } };
        using var chat = new HearthChat(model, "Be \"kind\" \u00e9\ud83d\udc31.");
        await Ask(chat, "Hello", options);
        await Ask(chat, "What then?", options);
        chat.Save(SessionPath);
        string expected = await Ask(chat, "And after that?", options);

        using var loaded = new HearthChat(model);
        loaded.Load(SessionPath, TestContext.Current.CancellationToken);
        Assert.Equal(chat.SystemPrompt, loaded.SystemPrompt);
        Assert.Equal(chat.Messages.Take(4), loaded.Messages);
        Assert.Equal(expected, await Ask(loaded, "And after that?", options));
        Assert.Equal(chat.ReusedTokens, loaded.ReusedTokens);
    }

    [Fact]
    public void A_session_without_a_conversation_is_refused_and_the_conversation_stays()
    {
        using var model = Load(Stories);
        using var session = model.CreateSession();
        session.Append(Ids(model, 10));
        using var chat = new HearthChat(model, "Be kind.");
        foreach (string note in (string[])["", "{}", "[]", "{\"system\":1,\"messages\":[]}", "{\"system\":null,\"messages\":[{\"role\":\"cat\",\"content\":\"\"}]}"])
        {
            session.Save(SessionPath, note);
            Assert.Equal($"{SessionPath}: holds no conversation.", Assert.Throws<SessionFileException>(() => chat.Load(SessionPath)).Message);
            Assert.Equal("Be kind.", chat.SystemPrompt);
        }
    }

    [Fact]
    public void Cut_and_changed_files_are_refused_and_the_session_stays()
    {
        using var model = Load(Stories);
        int[] ids = Ids(model, 130);
        byte[] saved = Saved(model, ids);
        using var session = model.CreateSession();
        session.Append(ids.AsSpan(0, 7));
        byte[] before = Bytes(session).ToArray();
        var random = new Random(1);
        for (int i = 0; i < 400; i++)
        {
            byte[] bytes = saved[..];
            if (i % 2 == 0)
                bytes = bytes[..(i < 300 ? i / 2 : random.Next(bytes.Length))];
            else
                bytes[i < 300 ? i / 2 : random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            AssertRefused(session, bytes);
        }

        AssertRefused(session, [.. saved, 0]);
        Assert.Equal(ids[..7], session.Tokens.ToArray());
        Assert.True(Bytes(session).SequenceEqual(before));
    }

    [Theory]
    [InlineData(52, -1, "is damaged: -1 tokens, 2 pages")]
    [InlineData(52, 131, "is damaged: it has ")]
    [InlineData(52, int.MaxValue, "holds 2147483647 tokens, and the context 256; make it larger.")]
    [InlineData(56, 3, "is damaged: 130 tokens, 3 pages")]
    [InlineData(56, -1, "is damaged: 130 tokens, -1 pages")]
    [InlineData(60, -1, "a note of -1 bytes.")]
    [InlineData(60, int.MaxValue, "a note of 2147483647 bytes.")]
    [InlineData(64, 1, "pages of 1 bytes")]
    [InlineData(72, -1, "is damaged: token -1 is not in the vocabulary of 512.")]
    [InlineData(76, 512, "is damaged: token 512 is not in the vocabulary of 512.")]
    [InlineData(592, -1, "is damaged: its note is no UTF-8.")]
    [InlineData(8, 2, "is a saved session of version 2; this Hearth reads version 1.")]
    [InlineData(48, 0, "was saved with other types of keys and values; load it with the same cache types.")]
    [InlineData(16, 0, "was saved with another model, adapter or overridden key than ")]
    [InlineData(0, 0, "is no saved session of Hearth.")]
    public void A_file_whose_checksum_was_made_to_fit_is_checked_all_the_same(int offset, int value, string sentence)
    {
        using var model = Load(Stories);
        byte[] bytes = Saved(model, Ids(model, 130), "note");
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        SHA256.HashData(bytes.AsSpan(..^32), bytes.AsSpan(^32..));
        using var session = model.CreateSession();
        Assert.Contains(sentence, AssertRefused(session, bytes), StringComparison.Ordinal);
        Assert.Equal(0, session.Position);
    }

    [Fact]
    public void Hostile_keys_and_values_give_logits_or_one_sentence()
    {
        using var model = Load(Stories);
        byte[] bytes = Saved(model, Ids(model, 130));
        bytes.AsSpan(72 + (130 * 4), bytes.Length - 32 - 72 - (130 * 4)).Fill(0xFF);
        SHA256.HashData(bytes.AsSpan(..^32), bytes.AsSpan(^32..));
        File.WriteAllBytes(SessionPath, bytes);
        using var session = model.CreateSession();
        session.Load(SessionPath, TestContext.Current.CancellationToken);
        var failure = Record.Exception(() => Assert.InRange(Next(session), 0, model.Shape.VocabularySize - 1));
        Assert.True(failure is null or SamplingException, $"{failure}");
    }

    [Fact]
    public void Another_model_key_context_or_type_is_refused()
    {
        using (var model = Load(Stories))
            Saved(model, Ids(model, 130));
        var others = new (HearthModel Model, string Sentence)[]
        {
            (Load("gemma3.gguf"), "another model"),
            (Load(Stories, KvType.Q8_0), "other types of keys and values"),
            (Load(Stories, context: 128), "holds 130 tokens, and the context 128; make it larger."),
            (Load(Stories, overrides: new() { ["llama.rope.freq_base"] = 20000f }), "overridden key"),
        };
        foreach (var (model, sentence) in others)
        {
            using (model)
            using (var session = model.CreateSession())
            {
                string message = Assert.Throws<SessionFileException>(() => session.Load(SessionPath)).Message;
                Assert.Contains(sentence, message, StringComparison.Ordinal);
            }
        }

        using var same = Load(Stories, context: 130);
        using var loaded = same.CreateSession();
        loaded.Load(SessionPath, TestContext.Current.CancellationToken);
        Assert.Equal(130, loaded.Position);
    }

    [Fact]
    public void The_sparse_model_is_another_one()
    {
        Dictionary<string, GgufValue> relu = new() { ["llama.hidden_activation"] = "relu" };
        using (var dense = Load(Stories, overrides: relu))
            Saved(dense, Ids(dense, 130));
        using var sparse = Load(Stories, overrides: relu, sparsity: SparsityMode.Exact);
        using var session = sparse.CreateSession();
        Assert.Throws<SessionFileException>(() => session.Load(SessionPath));
    }

    [Fact]
    public void Models_with_other_sparse_blocks_are_other_ones()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf(Stories));
        string[] digests = [.. ((string[][])[[], ["blk.0.ffn_gate"], ["blk.1.ffn_gate"], ["blk.0.ffn_gate", "blk.1.ffn_gate"]])
            .Select(blocks => Convert.ToHexString(ModelIdentity.OfComputation(file, [], blocks, false)))];
        Assert.Distinct(digests);
    }

    [Fact]
    public void A_context_with_other_rotary_factors_is_refused()
    {
        const string name = "phi3-longrope-long.gguf";
        int original;
        using (var file = GgufFile.Open(VectorFiles.PathOf(name)))
            original = file.Metadata.GetInt32("phi3.rope.scaling.original_context_length");
        using (var near = Load(name, context: original))
            Saved(near, Ids(near, 5));
        using (var far = Load(name, context: original + 1))
        using (var session = far.CreateSession())
        {
            string message = Assert.Throws<SessionFileException>(() => session.Load(SessionPath)).Message;
            Assert.EndsWith("that it has other rotary factors.", message, StringComparison.Ordinal);
        }

        using var nearer = Load(name, context: original - 1);
        using var loaded = nearer.CreateSession();
        loaded.Load(SessionPath, TestContext.Current.CancellationToken);
        Assert.Equal(5, loaded.Position);
    }

    [Fact]
    public void An_adapter_whose_file_is_gone_can_still_be_told_from_another()
    {
        string adapter = folder["adapter.gguf"];
        File.Copy(VectorFiles.PathOf("llama-gqa-theta500k.lora.gguf"), adapter);
        using var model = HearthModel.Load(
            VectorFiles.PathOf("llama-gqa-theta500k.gguf"), new HearthModelOptions { Threads = 1, ContextLength = 64, Adapters = [new(adapter)] });
        File.Delete(adapter);
        Saved(model, Ids(model, 5));
        using var session = model.CreateSession();
        session.Load(SessionPath, TestContext.Current.CancellationToken);
        Assert.Equal(5, session.Position);
    }

    [Fact]
    public void A_cancelled_save_leaves_what_was_there()
    {
        using var model = Load(Stories);
        byte[] before = Saved(model, Ids(model, 70));
        using var session = model.CreateSession();
        session.Append(Ids(model, 130));
        Assert.Throws<OperationCanceledException>(() => session.Save(SessionPath, "", new CancellationToken(canceled: true)));
        Assert.Equal(before, File.ReadAllBytes(SessionPath));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(SessionPath)!));
    }

    private static HearthModel Load(
        string name,
        KvType type = KvType.F16,
        int context = 256,
        Dictionary<string, GgufValue>? overrides = null,
        SparsityMode sparsity = SparsityMode.Off)
        => HearthModel.Load(VectorFiles.PathOf(name), new HearthModelOptions
        {
            Threads = 2,
            ContextLength = context,
            CacheTypeK = type,
            CacheTypeV = type,
            MetadataOverrides = overrides ?? [],
            Sparsity = sparsity,
        });

    private static int[] Ids(HearthModel model, int count)
        => [.. Enumerable.Range(1, count).Select(i => i * 7 % model.Shape.VocabularySize)];

    private static int Next(HearthSession session)
    {
        var generation = session.Generate(new GenerationOptions { Sampling = SamplerSettings.Greedy, IgnoreEndOfGeneration = true });
        Assert.True(generation.MoveNext());
        return generation.Current.Token;
    }

    private static ReadOnlySpan<byte> Bytes(HearthSession session) => MemoryMarshal.AsBytes(session.Logits);

    private static async Task<string> Ask(HearthChat chat, string text, GenerationOptions options)
    {
        string answer = "";
        await foreach (var piece in chat.AskAsync(text, options))
            answer += piece.Text;
        return answer;
    }

    private byte[] Saved(HearthModel model, int[] ids, string note = "")
    {
        using var session = model.CreateSession();
        session.Append(ids);
        session.Save(SessionPath, note);
        return File.ReadAllBytes(SessionPath);
    }

    private string AssertRefused(HearthSession session, byte[] bytes)
    {
        File.WriteAllBytes(SessionPath, bytes);
        string message = Assert.Throws<SessionFileException>(() => session.Load(SessionPath)).Message;
        Assert.StartsWith(SessionPath, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        return message;
    }
}
