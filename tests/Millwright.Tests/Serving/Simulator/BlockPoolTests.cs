using CsCheck;
using Millwright.Serving.Simulator;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Blocks of a cache against a plain list that is searched from its front.</summary>
public sealed class BlockPoolTests
{
    [Fact]
    public void Blocks_are_taken_in_the_order_in_which_they_were_given_back() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 6].Select(Gen.ULong[0, 12]).Array[1, 200]).Holds(
            (blocks, moves) =>
            {
                BlockPool pool = new(blocks);
                List<ulong?> free = [.. Enumerable.Repeat<ulong?>(null, blocks)];
                Dictionary<ulong, int> uses = [];
                int blank = 0;
                foreach ((int move, ulong key) in moves)
                {
                    bool held = uses.ContainsKey(key);
                    Assert.Equal(held, pool.Holds(key, out bool isFree));
                    Assert.Equal(held && uses[key] == 0, isFree);
                    switch (move)
                    {
                        case 0 or 1 when free.Count > 0:
                            if (free[0] is { } lost)
                            {
                                uses.Remove(lost);
                            }

                            free.RemoveAt(0);
                            pool.Take(1);
                            blank++;
                            break;
                        case 2 when blank > 0:
                            Assert.Equal(!held, pool.Name(key));
                            if (!held)
                            {
                                uses[key] = 1;
                                blank--;
                            }

                            break;
                        case 3 when blank > 0:
                            free.Add(null);
                            pool.GiveBlank(1);
                            blank--;
                            break;
                        case 4 when held:
                            Assert.Equal(uses[key] == 0, pool.Use(key));
                            if (uses[key]++ == 0)
                            {
                                free.Remove(key);
                            }

                            break;
                        case 5 or 6 when held && uses[key] > 0:
                            uses[key]--;
                            if (uses[key] == 0)
                            {
                                free.Add(key);
                            }

                            Assert.Equal(uses[key] == 0, pool.Release(key));
                            break;
                    }

                    Assert.Equal(uses.Count, pool.Keyed);
                }
            },
            iter: 500);

    [Fact]
    public void Keys_tell_what_is_alike_and_nothing_else()
    {
        PromptKeys keys = new();
        keys.Add(0, [11, 12], 512, 700);
        keys.Add(1, [11, 13], 512, 1000);
        keys.Add(2, 5, 40, 77);
        keys.Add(3, 5, 40, 78);
        keys.Add(4, 5, 40, 77);

        // one hash of 512 tokens is 32 blocks of 16, the next one differs; what is made belongs to the request
        Assert.True(Enumerable.Range(0, 32).All(i => keys.Key(0, i, 16) == keys.Key(1, i, 16)));
        Assert.True(Enumerable.Range(32, 40).All(i => keys.Key(0, i, 16) != keys.Key(1, i, 16)));
        Assert.Equal(72, Enumerable.Range(0, 72).Select(i => keys.Key(0, i, 16)).Distinct().Count());

        // 40 shared tokens fill two blocks; contexts of one key go on alike
        Assert.True(Enumerable.Range(0, 2).All(i => keys.Key(2, i, 16) == keys.Key(3, i, 16)));
        Assert.True(Enumerable.Range(2, 10).All(i => keys.Key(2, i, 16) != keys.Key(3, i, 16)));
        Assert.True(Enumerable.Range(0, 12).All(i => keys.Key(2, i, 16) == keys.Key(4, i, 16)));

        // those that tell nothing share nothing
        Assert.NotEqual(keys.Key(8, 0, 16), keys.Key(9, 0, 16));
    }
}
