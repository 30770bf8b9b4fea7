using System.Runtime.InteropServices;
using Hearth.Engine.Models;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Models;
using Hearth.Tests;

namespace Hearth.Engine.Tests.Sessions;

/// <summary>Sessions of models whose layers keep a state that cannot be cut at a position.</summary>
public sealed class RecurrentSessionTests
{
    public static TheoryData<string> Files { get; } = new(((string[])["lfm2", "lfm2moe", "mamba", "mamba2", "rwkv7", "qwen35", "qwen3next"])
        .Where(name => ArchitectureCatalog.Names.Contains(name))
        .Select(name => name + ".gguf"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Rewinding_to_any_position_and_going_on_gives_what_a_fresh_session_gives(string file)
    {
        int[] ids = Ids(file);
        using var model = Load(file);
        using var session = model.CreateSession();
        session.Append(ids.AsSpan(0, 7));
        session.Append(ids.AsSpan(7, 9));
        session.Append(ids.AsSpan(16, 4));
        foreach (int position in (int[])[20, 19, 17, 16, 12, 7, 6, 0])
        {
            session.Rewind(position);
            Assert.Equal(position, session.Position);
            using var fork = session.Fork();
            fork.Append(ids.AsSpan(position));
            Assert.True(Bytes(fork).SequenceEqual(Fresh(model, ids)), $"from position {position}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Forks_do_not_disturb_each_other(string file)
    {
        int[] ids = Ids(file);
        using var model = Load(file);
        using var session = model.CreateSession();
        session.Append(ids.AsSpan(0, 10));
        using var fork = session.Fork();
        session.Append(ids.AsSpan(15));
        fork.Append(ids.AsSpan(10));
        Assert.True(Bytes(fork).SequenceEqual(Fresh(model, ids)));
        fork.Rewind(3);
        session.Rewind(10);
        session.Append(ids.AsSpan(10));
        Assert.True(Bytes(session).SequenceEqual(Fresh(model, ids)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_closed_sessions_state_does_not_show_in_the_next_one(string file)
    {
        int[] ids = Ids(file);
        using var model = Load(file);
        byte[] first = Fresh(model, ids);
        Fresh(model, ids.AsSpan(3));
        Assert.Equal(first, Fresh(model, ids));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_step_allocates_nothing(string file)
    {
        int[] ids = Ids(file);
        using var model = Load(file, threads: 1);
        using var session = model.CreateSession();
        session.Append(ids.AsSpan(0, 4));
        Steps(4, 10);
        Assert.Equal(0, AllocatedBytes.Of(() => Steps(10, 20), prepare: () => session.Rewind(10)));

        void Steps(int from, int to)
        {
            for (int i = from; i < to; i++)
                session.Append(ids.AsSpan(i, 1));
        }
    }

    private static HearthModel Load(string file, int threads = 2)
        => HearthModel.Load(
            VectorFiles.PathOf(file),
            new HearthModelOptions { Threads = threads, BatchSize = 6 },
            cancellation: TestContext.Current.CancellationToken);

    private static int[] Ids(string file)
        => [.. VectorFiles.Entries[file + " logits"].GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];

    private static byte[] Fresh(HearthModel model, ReadOnlySpan<int> ids)
    {
        using var session = model.CreateSession();
        session.Append(ids);
        return Bytes(session).ToArray();
    }

    private static ReadOnlySpan<byte> Bytes(HearthSession session) => MemoryMarshal.AsBytes(session.Logits);
}
