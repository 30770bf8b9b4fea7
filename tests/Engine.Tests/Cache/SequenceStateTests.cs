using Hearth.Engine.Cache;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Tests.Cache;

/// <summary>Which copies of a recurrent state a sequence keeps, and to which it goes back.</summary>
public sealed class SequenceStateTests : IDisposable
{
    private readonly KvPool pool = new([KvLayerShape.Recurrent(32), new KvLayerShape(1, new KvHeadShape(16, 16, KvType.F32, KvType.F32))]);

    [Fact]
    public void A_model_without_recurrent_layers_has_no_states_and_rewinds_to_any_position()
    {
        using var plain = new KvPool([new KvLayerShape(1, new KvHeadShape(16, 16, KvType.F32, KvType.F32))]);
        Assert.False(plain.HasStates);
        using var sequence = new KvSequence(plain, 100);
        sequence.Extend(70);
        sequence.Checkpoint();
        Assert.Equal(-1, sequence.StateSlot);
        Assert.Equal(69, sequence.Rewind(69));
        Assert.Equal(69, sequence.Length);
    }

    [Fact]
    public void Rewinding_goes_back_to_the_last_checkpoint_at_or_before_the_position()
    {
        using var sequence = new KvSequence(pool, 100);
        sequence.Extend(10);
        sequence.Checkpoint();
        sequence.Extend(10);
        sequence.Checkpoint();
        sequence.Extend(10);
        Assert.Equal(30, sequence.Rewind(30));
        Assert.Equal(20, sequence.Rewind(29));
        Assert.Equal(10, sequence.Rewind(19));
        Assert.Equal(10, sequence.Length);
        Assert.Equal(0, sequence.Rewind(9));
    }

    [Fact]
    public void Only_the_last_two_checkpoints_are_kept_and_one_of_the_same_position_is_not_taken_twice()
    {
        using var sequence = new KvSequence(pool, 100);
        for (int i = 1; i <= 4; i++)
        {
            sequence.Extend(10);
            sequence.Checkpoint();
            sequence.Checkpoint();
        }

        Assert.Equal(3, pool.States.UsedSlots);
        sequence.Extend(1);
        Assert.Equal(30, sequence.Rewind(39));
        Assert.Equal(0, sequence.Rewind(29));
    }

    [Fact]
    public void Forks_have_a_state_of_their_own_and_share_the_checkpoints()
    {
        var sequence = new KvSequence(pool, 100);
        sequence.Extend(10);
        sequence.Checkpoint();
        sequence.Extend(10);
        var fork = sequence.Fork();
        Assert.NotEqual(sequence.StateSlot, fork.StateSlot);
        Assert.Equal(3, pool.States.UsedSlots);
        sequence.Dispose();
        Assert.Equal(2, pool.States.UsedSlots);
        Assert.Equal(10, fork.Rewind(15));
        fork.Dispose();
        fork.Dispose();
        Assert.Equal(0, pool.States.UsedSlots);
        Assert.Equal(0, pool.UsedPages);
    }

    public void Dispose() => pool.Dispose();
}
